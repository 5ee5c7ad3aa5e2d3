# PowerShell with nothing to do: what the module adds to it is the difference.
