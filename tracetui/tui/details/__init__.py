"""The details of a hop or an endpoint: pure rows, and the widget that shows them."""
