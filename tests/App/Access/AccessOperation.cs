namespace FuncQueue.App.Tests.Access;

/// <summary>An operation of the OpenAPI document, and the rights that it names, one of which a caller needs.</summary>
public sealed record AccessOperation(string Path, string Method, string Id, IReadOnlyList<string> Rights)
{
    private static readonly OpenApiDocument Document = OpenApiDocument.Load();

    /// <summary>All but those of protocols whose actions have rights of their own.</summary>
    public static IReadOnlyList<AccessOperation> All { get; } =
    [.. Document.Operations().Select(o => Read(o.Path, o.Method)).Where(o => o.Rights is not ["by-action"])];

    public bool IsOpen => Rights is ["none"];

    public bool IsHosts => Rights is ["host"];

    public bool IsOfOneResource => Path.Contains("{queue}", StringComparison.Ordinal) || Path.Contains("{topic}", StringComparison.Ordinal);

    /// <summary>The right to manage includes all others but that to make keys.</summary>
    public bool IsTakenBy(string held) =>
        IsOpen || Rights is ["any"] || Rights.Any(name => name == held || (held == "manage" && name != "keys"));

    /// <summary>Asks for what cannot be done, so that nothing happens where the caller gets through.</summary>
    /// <param name="name">The queue or topic.</param>
    public string UrlOn(string name)
    {
        var url = Path.Replace("{queue}", name, StringComparison.Ordinal)
            .Replace("{topic}", name, StringComparison.Ordinal)
            .Replace("{messageId}", Guid.Empty.ToString(), StringComparison.Ordinal)
            .Replace("{key}", "nobodys", StringComparison.Ordinal)
            .Replace("{certificate}", "none.pem", StringComparison.Ordinal)
            .Replace("{file}", "icon.svg", StringComparison.Ordinal)
            .Replace("{subscription}", "nobodys", StringComparison.Ordinal)
            .Replace("{group}", "nobodys", StringComparison.Ordinal)
            .Replace("{partition}", "0", StringComparison.Ordinal)
            .Replace("{offset}", "0", StringComparison.Ordinal);
        url.ShouldNotContain("{", customMessage: "the table knows every parameter of a path");
        return url + "?colour=red";
    }

    private static AccessOperation Read(string path, string method)
    {
        var operation = Document.Root["paths"]![path]![method]!;
        var right = operation["x-funcqueue-right"]!;
        return new AccessOperation(
            path,
            method,
            operation["operationId"]!.GetValue<string>(),
            right is JsonArray several ? [.. several.Select(r => r!.GetValue<string>())] : [right.GetValue<string>()]
        );
    }
}
