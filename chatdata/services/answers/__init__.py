"""The JSON documents of the inspector, each made by one piece of code for command line, HTTP API and tools of agents.

choosing        the copy that an answer is about
availability    which stores answered
conversation    show: one copy of a conversation
beside          what its import kept beside it
sessions        sessions: the list
health          check: whether the stores answer
two_sessions    diff of two sessions
lint            lint: who rejects a payload
payload         payload: what a translation made of each message
usage, paid     usage
usage_rows      its rows as values
json_types      times and numbers as JSON types
"""
