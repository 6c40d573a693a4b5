"""Reading what strangers send, in a child process under limits of time and memory.

    reader       the parent: starts the child, and knows what it may have made of it
    child        the process that opens the file
    contents     folder or zip → names and bytes
    examine      names and bytes → a submission, its records and policies, and every fault with its place
    generations  lines → what a model wrote, compared with the outcomes
    json_values  bytes → JSON values, within bounds

The parent sees what the child has written anew, never a byte of the file itself.
"""
