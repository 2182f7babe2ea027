"""The register: records, evidence, sign-offs, history, criteria, import, and their pages."""
