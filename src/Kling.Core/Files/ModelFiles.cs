using System.Text;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Files;

/// <summary>The models that the user imported: their published schemas, one file each, in one folder.</summary>
/// <param name="folder">The folder's full path; it need not exist.</param>
public sealed class ModelFiles(string folder)
{
    private const string Extension = ".schema.json";

    /// <summary>The models of all files that can be read.</summary>
    /// <param name="failed">Takes a file that cannot be read, and why.</param>
    public IReadOnlyList<ModelSpec> Read(Action<string, Exception>? failed = null)
    {
        List<ModelSpec> models = [];
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Extension) : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            try
            {
                models.Add(ReadFile(file));
            }
            catch (Exception failure) when (failure is SchemaException or IOException or UnauthorizedAccessException)
            {
                failed?.Invoke(file, failure);
            }
        }

        return models;
    }

    /// <summary>Reads one document.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="SchemaException">It is too long, or no document that we can use.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ModelSpec ReadFile(string path) => Read(TextOf(path));

    /// <summary>Keeps a copy of a document.</summary>
    /// <param name="path">The document.</param>
    /// <param name="force">Whether it may take the place of an earlier one of the same model.</param>
    /// <exception cref="SchemaException">It is no document that we can use.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or the folder may not be made.</exception>
    /// <exception cref="OutputFileException">It cannot be written, or is there and <paramref name="force"/> is not given.</exception>
    public ModelSpec Add(string path, bool force)
    {
        string text = TextOf(path);
        ModelSpec model = Read(text);
        Directory.CreateDirectory(folder);
        OutputFile.Write(FileFor(model.Id), Encoding.UTF8.GetBytes(text), force);
        return model;
    }

    /// <summary>Takes a model away.</summary>
    /// <param name="id">The model's id.</param>
    /// <exception cref="IOException">Its file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">Its file may not be deleted.</exception>
    public void Remove(string id) => File.Delete(FileFor(id));

    // The defaults of the module's own models are in fingerprints and in the ids of tasks. Under other defaults, -Resume would buy again.
    private static ModelSpec Read(string text)
    {
        ModelSpec model = ModelReader.Read(text, isImported: true);
        return ModelSpec.Shipped.Any(own => own.Id == model.Id)
            ? throw new SchemaException($"{model.Id} is a model of the module itself, and no other schema takes its place.")
            : model;
    }

    // An id has characters that no file name may have.
    private string FileFor(string id) => Path.Combine(folder, Uri.EscapeDataString(id) + Extension);

    private static string TextOf(string path)
    {
        using StreamReader reader = new(path, Encoding.UTF8);
        char[] start = new char[SchemaText.MaxLength + 1];
        int length = reader.ReadBlock(start, 0, start.Length);
        return length > SchemaText.MaxLength
            ? throw new SchemaException(FormattableString.Invariant($"{path} has more than {SchemaText.MaxLength} characters."))
            : new string(start, 0, length);
    }
}
