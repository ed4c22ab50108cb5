"""What a trained network looks at: pictures of its insides, and what they say as numbers."""
