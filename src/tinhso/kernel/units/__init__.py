"""Administrative units and agencies through time (đơn vị hành chính và cơ quan). See README.md."""
