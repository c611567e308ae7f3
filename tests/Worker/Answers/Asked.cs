namespace FuncQueue.Worker.Tests.Answers;

/// <summary>
/// One request of the table. <c>[name]</c> in a URL, a header or a body stands for what an earlier answer held, kept under that name;
/// <c>[example]</c> as the body for the example that the OpenAPI document gives.
/// </summary>
/// <param name="Operation">Its operation in the OpenAPI document; null for what no operation takes.</param>
public sealed record Asked(string? Operation, string Method, string Url, string? Body = null)
{
    public string? ContentType { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>What to keep of the answer: a name, and where it stands in the JSON.</summary>
    public IReadOnlyList<(string Name, string Path)> Keep { get; init; } = [];

    public override string ToString() => $"{Method} {Url} {Body}";
}
