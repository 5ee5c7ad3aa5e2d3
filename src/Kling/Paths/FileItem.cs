namespace Kling.Paths;

/// <summary>A written file as Get-Item would give it: the views of files and -LiteralPath use what the provider adds.</summary>
internal static class FileItem
{
    private const string Provider = @"Microsoft.PowerShell.Core\FileSystem::";

    internal static PSObject Of(PSCmdlet cmdlet, string path)
    {
        try
        {
            // Named with its provider, because the current location may be in another one.
            var found = cmdlet.InvokeProvider.Item.Get([Provider + path], force: true, literalPath: true);
            if (found.Count == 1)
            {
                return found[0];
            }
        }
        catch (Exception failure) when (failure is RuntimeException or IOException or UnauthorizedAccessException)
        {
            // The file was written and may be gone again; its name is still the result.
        }

        return new PSObject(new FileInfo(path));
    }
}
