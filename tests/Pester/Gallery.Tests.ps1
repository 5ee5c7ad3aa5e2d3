BeforeAll {
    . $PSScriptRoot/Common.ps1
    Use-Sandbox
    $script:image = New-TestImage (Join-Path $TestDrive 'shot.png')
}

AfterAll { Stop-KlingSandbox }

Describe 'Export-KlingGallery' {
    It 'shows the videos of a pipeline in one page with relative links' {
        $folder = Join-Path $TestDrive 'show'
        $file = $image, $image | New-KlingVideo -Prompt 'pan' -OutDirectory (Join-Path $folder 'clips') |
            Export-KlingGallery -Path (Join-Path $folder 'index.html') -Title 'Two <clips>'
        $file | Should -BeOfType ([IO.FileInfo])
        $page = [IO.File]::ReadAllText($file.FullName)
        $page | Should -Match '<h1[^>]*>Two &lt;clips&gt;</h1>'
        $page | Should -Match '0\.3696 USD'
        $links = @([regex]::Matches($page, '<video[^>]* src="([^"]+)"') | ForEach-Object { $_.Groups[1].Value })
        $links.Count | Should -Be 2
        foreach ($link in $links) {
            $link | Should -Match '^\./clips/'
            Join-Path $folder ([Uri]::UnescapeDataString($link)) | Should -Exist
        }
    }

    It 'takes the history' {
        $file = Get-KlingTask -Last 2 -Local | Export-KlingGallery (Join-Path $TestDrive 'history.html')
        @([regex]::Matches([IO.File]::ReadAllText($file.FullName), '<article>')).Count | Should -Be 2
    }

    It 'shows a prompt with markup as text' {
        $task = New-KlingVideo $image -Prompt '<script>alert(1)</script><b>pan</b>'
        $page = [IO.File]::ReadAllText(($task | Export-KlingGallery (Join-Path $TestDrive 'markup.html')).FullName)
        $page | Should -Match '&lt;script&gt;alert\(1\)&lt;/script&gt;&lt;b&gt;pan&lt;/b&gt;'
        $page | Should -Not -Match '<script'
    }

    It 'never overwrites without -Force, and writes nothing with -WhatIf' {
        $task = New-KlingVideo $image
        $path = Join-Path $TestDrive 'mine.html'
        $null = $task | Export-KlingGallery $path -WhatIf
        $path | Should -Not -Exist
        [IO.File]::WriteAllText($path, 'mine')
        $null = $task | Export-KlingGallery $path -ErrorAction SilentlyContinue -ErrorVariable problems
        @($problems)[0].FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        [IO.File]::ReadAllText($path) | Should -Be 'mine'
        $null = $task | Export-KlingGallery $path -Force
        [IO.File]::ReadAllText($path) | Should -BeLike '<!DOCTYPE html>*'
    }

    It 'says when there was nothing to write' {
        $path = Join-Path $TestDrive 'none.html'
        @() | Export-KlingGallery $path -WarningAction SilentlyContinue -WarningVariable warnings
        @($warnings).Count | Should -Be 1
        $path | Should -Not -Exist
    }
}
