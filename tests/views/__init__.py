"""The views, asked as browsers and players ask them."""
