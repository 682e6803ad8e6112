"""What the project needs beside its code: the generated API document, signed samples, checks."""
