using System.Text.Json;
using System.Xml.Linq;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>An answer, read as the protocol it is in.</summary>
public sealed record SqsReply(HttpStatusCode Status, string? MediaType, string Text, string? QueryError, string? RequestId)
{
    private static readonly XNamespace[] Namespaces =
    [
        "http://queue.amazonaws.com/doc/2012-11-05/",
        "http://sns.amazonaws.com/doc/2010-03-31/",
        "https://sts.amazonaws.com/doc/2011-06-15/",
    ];

    private XNamespace Namespace => Xml.Name.Namespace;

    public JsonNode Json => JsonNode.Parse(Text)!;

    public XElement Xml => XDocument.Parse(Text, LoadOptions.PreserveWhitespace).Root!;

    /// <summary>The code of an error, by which clients know it in either protocol; null for a success.</summary>
    public string? Code =>
        Status == HttpStatusCode.OK ? null
        : MediaType == "text/xml" ? Element("Error", "Code")
        : QueryError?.Split(';')[0];

    /// <summary>The name of an error in JSON, without its namespace.</summary>
    public string Type => Json["__type"]!.GetValue<string>().Split('#')[1];

    /// <summary>The text of an element below the root.</summary>
    public string? Element(params string[] path) => path.Aggregate((XElement?)Xml, (at, name) => at?.Element(Namespace + name))?.Value;

    public IEnumerable<XElement> Elements(params string[] path) =>
        path[..^1].Aggregate((XElement?)Xml, (at, name) => at?.Element(Namespace + name))?.Elements(Namespace + path[^1]) ?? [];

    public static async Task<SqsReply> ReadAsync(HttpResponseMessage response)
    {
        var reply = new SqsReply(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(),
            response.Headers.TryGetValues("x-amzn-query-error", out var error) ? error.Single() : null,
            response.Headers.TryGetValues("x-amzn-RequestId", out var id) ? id.Single() : null
        );
        reply.ShouldBeWellFormed();
        return reply;
    }

    /// <summary>What every answer of the endpoint must be, whatever was asked.</summary>
    private void ShouldBeWellFormed()
    {
        ((int)Status).ShouldBeLessThan(500, Text);
        RequestId.ShouldNotBeNullOrEmpty(Text);
        if (MediaType == "text/xml")
        {
            Namespaces.ShouldContain(Namespace);
            if (Status != HttpStatusCode.OK)
            {
                Element("Error", "Code").ShouldNotBeNullOrEmpty(Text);
                Element("Error", "Type").ShouldBe("Sender");
                Element("RequestId").ShouldBe(RequestId);
            }
        }
        else
        {
            MediaType.ShouldBe("application/x-amz-json-1.0", Text);
            Json.GetValueKind().ShouldBe(JsonValueKind.Object);
            if (Status != HttpStatusCode.OK)
            {
                Json["__type"]!.GetValue<string>().ShouldMatch("^com\\.(amazonaws\\.sqs|amazon\\.coral\\.service)#[A-Za-z]+$");
                Json["message"]!.GetValue<string>().ShouldNotBeEmpty();
                QueryError.ShouldEndWith(";Sender");
            }
        }
    }
}
