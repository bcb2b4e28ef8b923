"""What WeChat calls: the edge, one message from start to end, and who answers what."""
