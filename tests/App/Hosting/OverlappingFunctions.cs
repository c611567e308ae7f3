using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.App.Tests.Hosting;

/// <summary>Functions whose routes overlap, each answering with its name; and which of them the Functions host would have answer.</summary>
public sealed class OverlappingFunctions
{
    /// <summary>Of those that match, the first by name, whatever its case; null: none matches.</summary>
    public static TheoryData<string, string, string?> Requests =>
        new()
        {
            // Precedence would choose the more particular c.
            { "GET", "/things/one", "A" },
            { "POST", "/things/one", "c" },
            { "GET", "/THINGS/x", "A" },
            { "GET", "/things/", "b" },
            { "GET", "/others", "zz" },
            { "PATCH", "/things/one", "zz" },
            { "DELETE", "/things/one", null },
        };

    [Function("zz")]
    public IResult Last([HttpTrigger(AuthorizationLevel.Anonymous, "get", "patch", Route = "{**rest}")] HttpRequest request, string rest) =>
        Results.Text("zz");

    [Function("c")]
    public IResult Third([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "things/one")] HttpRequest request) =>
        Results.Text("c");

    [Function("b")]
    public IResult Second([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things")] HttpRequest request) => Results.Text("b");

    [Function("A")]
    public IResult First([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{name}")] HttpRequest request, string name) =>
        Results.Text(name.Length > 0 ? "A" : "A of nothing");
}
