using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>Headers that are no text, which the Functions host does not hand on.</summary>
public sealed class ContentTypeTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_content_type_that_is_no_text_is_refused()
    {
        var queue = await client.QueueAsync();
        var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; name=\u00e4").ShouldBeTrue();
        using var utf8 = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 })
        {
            BaseAddress = client.Base,
        };
        using var answer = await utf8.PostAsync(queue + "/messages", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("contentType");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }
}
