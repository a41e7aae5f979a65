"""Files that other systems export: CSV and XLSX, read line by line without trusting them."""
