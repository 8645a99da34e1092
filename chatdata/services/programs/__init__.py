"""What programs and agents may ask: over HTTP, and as tools over the Model Context Protocol. Nothing is written.

questions    the questions, with their parameters
answering    the answers at one privacy level
cursors      positions in the list of sessions as text
bounds       long texts and lists cut, with pointers to the rest
door         the view of a call, its record in the audit log, its deadline
problems     what went wrong, as a status and a sentence
tokens       the tokens of programs
openapi      the OpenAPI document of the HTTP API
schemas      the JSON schemas of its answers
tools        the tools of agents
mcp_server   the MCP server with these tools
"""
