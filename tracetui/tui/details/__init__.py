"""The details of a hop or an endpoint: pure rows, and the view that shows them."""
