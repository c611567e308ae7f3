using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;

namespace FuncQueue.Functions.Http;

/// <summary>Routes that list by name, page by page, what their callers may see.</summary>
/// <param name="Kind">What is listed, as <c>queue</c>.</param>
/// <param name="IsPrefix">Whether a text may begin a name.</param>
/// <param name="ListAsync">Lists by prefix, up to so many, from a continuation on.</param>
/// <param name="ResourceOf">What an entry is to a grant.</param>
/// <param name="Write">Writes the members of an entry.</param>
internal sealed record NamedPages<T>(
    string Kind,
    Func<string, bool> IsPrefix,
    Func<string, int, string?, CancellationToken, Task<Outcome<(IReadOnlyList<T> Page, string? Continuation)>>> ListAsync,
    Func<T, Resource> ResourceOf,
    Action<Utf8JsonWriter, T> Write
)
{
    /// <summary>Parameters of the route, beside those of every list, that are true or false.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    private const int DefaultSize = 100;
    private const int MaxSize = 1000;

    public Task<IResult> AnswerAsync(Api api, HttpRequest request, CancellationToken cancellationToken) =>
        api.RunAsync(
            request,
            Need.Somewhere(Rights.Inspect),
            async faults =>
            {
                var query = new Query(request, faults, ["prefix", "maxResults", "continuation", .. Flags]);
                foreach (var flag in Flags)
                    _ = query.Flag(flag);
                var prefix = query.Text("prefix") ?? "";
                if (!IsPrefix(prefix))
                    faults.Add("prefix", $"Is not the beginning of any {Kind}'s name.");
                var maxResults = query.Number("maxResults") ?? DefaultSize;
                if (maxResults is < 1 or > MaxSize)
                    faults.Add("maxResults", $"Must be 1 to {MaxSize}.");
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Of(
                    await Visible.ListAsync(
                        Caller.Of(request).Grant,
                        (most, after) => ListAsync(prefix, most, after, cancellationToken),
                        ResourceOf,
                        maxResults,
                        query.Text("continuation")
                    ),
                    page => Answer(page.Found, page.Continuation)
                );
            },
            cancellationToken
        );

    private JsonResponse Answer(IReadOnlyList<T> found, string? continuation) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray(Kind + "s");
                foreach (var entry in found)
                {
                    writer.WriteStartObject();
                    Write(writer, entry);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                if (continuation is not null)
                    writer.WriteString("continuation", continuation);
                writer.WriteEndObject();
            }
        );
}
