"""The server of the studio's page: on this machine only, and for whoever has its token."""
