"""Creatives: banners, squares, stories and e-mail headers for real items, printed from the catalog's fields alone.

facts      what may be printed, each piece with the field it came from
brand      the shop's colours, typeface and name
design     facts + pictures + brand -> a scene: where everything stands
drawing    a scene as pixels, and what is measured on them: contrast, overflow
vector     a scene as SVG with real text
queue      what waits for the merchandiser, who decided and why
"""
