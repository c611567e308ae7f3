using System.IO.Compression;
using System.Text;

namespace FuncQueue.App.Tests.Hostile;

/// <summary>What comes compressed is never unpacked: a body is stored as it is, JSON is refused. So a zip bomb is as small as it looks.</summary>
public sealed class CompressedBodyTests(AppFixture app)
{
    private const int Unpacked = 10 * 1024 * 1024;

    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_is_stored_and_handed_out_as_it_came(string encoding)
    {
        var queue = await client.QueueAsync();
        var bomb = Compress(encoding, new byte[Unpacked]);
        var id = (await client.SendAsync(HttpMethod.Post, queue + "/messages", Content(bomb, encoding, "application/octet-stream"))).Json["messageId"]!.GetValue<string>();
        var body = await client.GetAsync($"{queue}/messages/{id}/body");
        body.Bytes.ShouldBe(bomb);
        body.ContentHeaders.ContentEncoding.ShouldBeEmpty();
        var message = (await client.DequeueAsync(queue))[0]!;
        (message["bodyBase64"] is { } bytes ? Convert.FromBase64String(bytes.GetValue<string>()) : Encoding.UTF8.GetBytes(message["body"]!.GetValue<string>())).ShouldBe(bomb);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task Compressed_JSON_is_refused_without_being_unpacked(string encoding)
    {
        var queue = await client.QueueAsync();
        var json = Encoding.UTF8.GetBytes("""{"messages":[{"body":"x"}]}""".PadRight(Unpacked));
        var answer = await client.SendAsync(HttpMethod.Post, queue + "/messages/batch", Content(Compress(encoding.Split(',')[0], json), encoding, "application/json"));
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(["Content-Encoding"]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    [Fact]
    public async Task JSON_that_says_it_is_not_compressed_is_taken()
    {
        var queue = await client.QueueAsync();
        var answer = await client.SendAsync(HttpMethod.Post, queue + "/messages/batch", Content("""{"messages":[{"body":"x"}]}"""u8.ToArray(), "identity", "application/json"));
        answer.Status.ShouldBe(HttpStatusCode.OK);
    }

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream packing = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        })
            packing.Write(bytes);
        packed.Length.ShouldBeLessThan(Unpacked / 500);
        return packed.ToArray();
    }

    private static ByteArrayContent Content(byte[] bytes, string encoding, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding).ShouldBeTrue();
        content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        return content;
    }
}
