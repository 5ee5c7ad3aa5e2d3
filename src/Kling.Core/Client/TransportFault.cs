namespace Kling.Client;

/// <summary>Describes what the HTTP stack threw.</summary>
internal static class TransportFault
{
    /// <summary>The messages of the fault and of what caused it, each once.</summary>
    internal static string Describe(Exception fault)
    {
        var messages = new List<string>();
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            string message = inner.Message.Trim();
            if (message.Length > 0 && !messages.Exists(other => other.Contains(message)))
            {
                messages.Add(message);
            }
        }

        return string.Join(" ", messages);
    }
}
