"""What a shopper's words ask of one catalog.

``wording`` is what others open: a request in words -> facets; ``turns`` is the same over a conversation. The words of
the catalog are in ``vocabulary``, their forms in ``wordforms``, slips in ``spelling``. ``reading`` finds what
they name, ``comparing`` what is to be more or less so, ``amounts`` prices and other numbers, which ``figures`` reads as
they are written.
"""
