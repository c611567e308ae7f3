using System.Buffers;
using System.Text.Json;

namespace FuncQueue.Functions.Http;

/// <summary>Reads the JSON body of a request: bounded, UTF-8, one object, no member twice.</summary>
internal static class JsonBody
{
    /// <summary>Longest body of most routes.</summary>
    public const int DefaultLimit = 1024 * 1024;

    /// <summary>How many times its length a body takes while it is read: as it came, as JSON, as what it says.</summary>
    private const int Copies = 3;

    private const string NoText = "Names of members must be valid Unicode.";

    /// <summary>How deep the JSON of filters may be, with what is around them; filters themselves have a limit of their own.</summary>
    public const int FilterDepth = 64;

    /// <summary>How deep the JSON of most routes may be.</summary>
    public const int DefaultDepth = 16;

    /// <summary>
    /// The object, or null: then there are faults, or the body is empty and may be. Throws <see cref="BodyTooLongException"/> past the
    /// limit, <see cref="UnsupportedCodingException"/> when it is coded. Dispose the document.
    /// </summary>
    public static Task<JsonDocument?> ReadAsync(
        HttpRequest request,
        Faults faults,
        bool required,
        int limit,
        CancellationToken cancellationToken
    ) => ReadAsync(request, faults, required, limit, DefaultDepth, cancellationToken);

    /// <summary>As above, of objects and arrays in each other down to a depth.</summary>
    public static async Task<JsonDocument?> ReadAsync(
        HttpRequest request,
        Faults faults,
        bool required,
        int limit,
        int depth,
        CancellationToken cancellationToken
    )
    {
        ContentCoding.RequireNone(request);
        if (request.ContentLength > limit)
            throw new BodyTooLongException(limit);
        var room = RequestMemory.Room.Of(request);
        room.Hold(Copies * request.ContentLength ?? 0);
        var bytes = await ReadBytesAsync(request, limit, room, cancellationToken);
        if (bytes.Length == 0)
        {
            if (required)
                faults.Add("body", "A JSON object is needed.");
            return null;
        }

        if (!IsJson(request.ContentType))
        {
            faults.Add("Content-Type", "Must be application/json.");
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = depth });
            if (document.RootElement.ValueKind == JsonValueKind.Object && NamesAreText(document.RootElement))
                return document;
            faults.Add("body", document.RootElement.ValueKind == JsonValueKind.Object ? NoText : "Must be a JSON object.");
            document.Dispose();
        }
        catch (JsonException exception)
        {
            faults.Add("body", $"Is not valid JSON: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            // Of several names in one object, of which one is no text.
            faults.Add("body", NoText);
        }

        return null;
    }

    /// <summary>The body whatever it is, within a limit; <see cref="BodyTooLongException"/> past it.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAnyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        ContentCoding.RequireNone(request);
        if (request.ContentLength > limit)
            throw new BodyTooLongException(limit);
        var room = RequestMemory.Room.Of(request);
        room.Hold(Copies * request.ContentLength ?? 0);
        return await ReadBytesAsync(request, limit, room, cancellationToken);
    }

    /// <summary>Whether all names are Unicode text: JSON can spell ones that are none, which nothing can look for or name.</summary>
    private static bool NamesAreText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                return element.EnumerateArray().All(NamesAreText);
            case JsonValueKind.Object:
                try
                {
                    return element.EnumerateObject().All(member => member.Name is not null && NamesAreText(member.Value));
                }
                catch (InvalidOperationException)
                {
                    return false;
                }

            default:
                return true;
        }
    }

    /// <summary>For a route that takes no body: what one says all the same is a fault, not ignored. An empty object says nothing.</summary>
    public static async Task ReadNothingAsync(HttpRequest request, Faults faults, CancellationToken cancellationToken)
    {
        using var document = await ReadAsync(request, faults, required: false, DefaultLimit, cancellationToken);
        if (document is not null)
            _ = new JsonMembers(document.RootElement, faults, "");
    }

    private static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (
                type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            );
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(
        HttpRequest request,
        int limit,
        RequestMemory.Room room,
        CancellationToken cancellationToken
    )
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new BodyTooLongException(limit);
            }

            room.Hold(Copies * read.Buffer.Length);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

/// <summary>A JSON body longer than its route takes.</summary>
internal sealed class BodyTooLongException(int limit) : Exception($"The request is longer than {limit} bytes.");
