"""The static pages: boards in, HTML, SVG and JSON out, the same bytes for equal boards."""
