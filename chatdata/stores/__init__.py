"""The stores and services that the data module talks to. They are strangers to each other."""
