"""BGP routes as others see them: from routers, looking glasses, collectors' dumps, and RIPEstat."""
