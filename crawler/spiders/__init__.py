"""One small declaration a site."""
