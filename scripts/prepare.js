// Builds the packages and prepares the viewer; runs at the end of `npm ci`.
