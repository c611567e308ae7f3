using System.Net.Http.Headers;
using Azure.Core;

namespace FuncQueue.Chaos.Inside;

/// <summary>A request that its sender has given up, and that the network still delivers.</summary>
internal static class LateDelivery
{
    private static readonly HttpClient Network = new();

    /// <summary>Copies the request at once and delivers it after a while; nobody hears of its answer.</summary>
    public static Task SendAsync(Request request, TimeSpan after)
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

        return DeliverAsync();

        async Task DeliverAsync()
        {
            try
            {
                await Task.Delay(after, TimeProvider.System);
                using var answer = await Network.SendAsync(copy);
            }
            catch (HttpRequestException)
            {
                // Lost after all.
            }
        }
    }
}
