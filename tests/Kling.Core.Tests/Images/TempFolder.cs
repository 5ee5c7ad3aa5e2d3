namespace Kling.Core.Tests.Images;

/// <summary>A folder of its own for a test, removed afterwards.</summary>
public abstract class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kling-");

    protected string Folder => _folder.FullName;

    protected string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
