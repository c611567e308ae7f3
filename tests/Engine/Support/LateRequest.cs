using System.Net.Http.Headers;
using Azure.Core;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>A request that its sender has given up, and that the network still delivers.</summary>
public sealed class LateRequest
{
    private readonly TaskCompletionSource<HttpRequestMessage> taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Delivers the request; the status that nobody is told. Of a transaction, see the text.</summary>
    public async Task<string> ArriveAsync()
    {
        using var http = new HttpClient();
        using var response = await http.SendAsync(await taken.Task.WithinPatienceAsync(), TestContext.Current.CancellationToken);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }

    internal void Take(Request request)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method.Method), request.Uri.ToUri());
        if (request.Content is { } content)
        {
            using var body = new MemoryStream();
            content.WriteTo(body, CancellationToken.None);
            copy.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var header in request.Headers)
        {
            if (header.Name == "Content-Type" && copy.Content is not null)
                copy.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(header.Value);
            else if (header.Name != "Content-Length")
                copy.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        taken.TrySetResult(copy);
    }
}
