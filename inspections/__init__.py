"""Risk points, checklists, plans, inspections and findings 日周月; the lists and their 三清三进 move."""
