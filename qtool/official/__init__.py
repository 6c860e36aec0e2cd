"""What all official documents (公文) share: the layout profile, the shape of titles, heads and signatures."""
