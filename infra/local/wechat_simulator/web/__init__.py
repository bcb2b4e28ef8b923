"""The thin HTTP layer: WeChat's paths, the control API under /sim, and the phone page."""
