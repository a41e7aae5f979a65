"""Any other helpdesk: what it has to answer under one address for tickets to be opened there."""
