"""What things cost and whom: unit prices with source and range, dated cash flows, published models beside our own."""
