"""Office files of a brief: its slides as data, then as PPTX; its document as DOCX. Charts are native in both."""
