"""What was found inside a network, as figures in the house's style: one file a figure."""
