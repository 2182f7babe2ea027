"""What pages of this room show, worked out before they are drawn."""
