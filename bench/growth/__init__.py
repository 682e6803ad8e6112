"""What a call asks for with few and with many stored, and a worker's memory over many events."""
