"""The product's own pages, below `/_gatewright/`: is it ready, what was decided and why, and (with `--dev`) empty it.

Law: `health` is for everybody and says nothing but that; so are the files of `downloads.py`, which are the same
everywhere. Every other page needs a signature for the service `gatewright` and an IAM action of that name. `reset`
exists with `--dev` only. Begin with `pages.py`.
"""
