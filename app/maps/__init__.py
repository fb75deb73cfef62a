"""Maps: a survey drawn with Folium as components of our own pages, or as inline SVG; no tiles, no outside address."""
