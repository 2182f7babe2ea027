"""Parts of which documents are set: text, tables, photos, signatures, pages. They know no hazard and no office."""
