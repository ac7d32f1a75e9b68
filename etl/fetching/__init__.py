"""The one room that speaks to the network: settings, client, cache, snapshots."""
