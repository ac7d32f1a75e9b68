"""The brief of a country, an area or a group: what it says, as data; files are made of it in `geodata.exports.briefs`."""
