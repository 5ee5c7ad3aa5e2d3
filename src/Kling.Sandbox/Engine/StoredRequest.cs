using System.Text.Json;

namespace Kling.Sandbox.Engine;

/// <summary>Writes a request as the archive keeps it: image bytes become the id of the stored image, so that memory stays small.</summary>
internal static class StoredRequest
{
    internal static void Write(Utf8JsonWriter json, JsonElement task, SandboxImage image)
    {
        json.WriteStartObject();
        foreach (JsonProperty property in task.EnumerateObject())
        {
            if (property.Name == "inputs")
            {
                WriteInputs(json, property.Value, image.ShortText ?? image.MediaId.ToString("D"));
            }
            else
            {
                property.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter json, JsonElement inputs, string image)
    {
        json.WriteStartObject("inputs");
        json.WriteStartArray("frameImages");
        foreach (JsonElement frame in inputs.GetProperty("frameImages").EnumerateArray())
        {
            if (frame.ValueKind == JsonValueKind.String)
            {
                json.WriteStringValue(image);
                continue;
            }

            json.WriteStartObject();
            foreach (JsonProperty property in frame.EnumerateObject())
            {
                if (property.Name == "image")
                {
                    json.WriteString("image", image);
                }
                else
                {
                    property.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
