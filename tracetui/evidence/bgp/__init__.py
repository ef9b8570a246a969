"""BGP routes as others have them: from routers, looking glasses, dumps of collectors, and RIPEstat."""
